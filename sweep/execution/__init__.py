"""Who trains: blocks are handed to workers, in processes or on a cluster, through whatever fails meanwhile."""
