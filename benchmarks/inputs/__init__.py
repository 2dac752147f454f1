"""A campaign of inputs that are made up, extreme or hostile, each of which must end as an input may."""
