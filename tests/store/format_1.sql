-- A store as this project's format 1 kept it: two finished studies of 8 trainings, one of which diverged.
PRAGMA journal_mode = WAL;
BEGIN TRANSACTION;
CREATE TABLE points (
    id INTEGER PRIMARY KEY, identity TEXT NOT NULL UNIQUE, seed INTEGER NOT NULL, draws TEXT NOT NULL,
    hidden_std_dev REAL NOT NULL, output_std_dev REAL NOT NULL, recipe TEXT NOT NULL
) STRICT;
INSERT INTO "points" VALUES(1,'2c7139526245ebb4fb25ef6c1e5bd0c4',0,'common',0.5,0.8165,'{"problem": "xor", "hidden": [2], "activation": "sigmoid", "loss": "bce", "learning_rate": 0.1, "schedule": "constant", "epochs": 50, "biases": "drawn", "update_order": "output_first", "gradient_scale": "sum", "hidden_std_dev": 0.5, "output_std_dev": 0.8165, "hidden_distribution": "normal"}');
INSERT INTO "points" VALUES(2,'d4ece5241ecc88ae54bfcce326fba07a',0,'common',1.0,0.8165,'{"problem": "xor", "hidden": [2], "activation": "sigmoid", "loss": "bce", "learning_rate": 0.1, "schedule": "constant", "epochs": 50, "biases": "drawn", "update_order": "output_first", "gradient_scale": "sum", "hidden_std_dev": 1.0, "output_std_dev": 0.8165, "hidden_distribution": "normal"}');
INSERT INTO "points" VALUES(3,'c85675de584763c846908d088eeee327',0,'common',0.5,0.8165,'{"problem": "xor", "hidden": [2], "activation": "relu", "loss": "mse", "learning_rate": 1e+200, "schedule": "constant", "epochs": 5, "biases": "drawn", "update_order": "output_first", "gradient_scale": "sum", "hidden_std_dev": 0.5, "output_std_dev": 0.8165, "hidden_distribution": "normal"}');
CREATE TABLE runs (
    id TEXT PRIMARY KEY, started TEXT NOT NULL, ended TEXT, state TEXT NOT NULL, document TEXT NOT NULL
) STRICT;
INSERT INTO "runs" VALUES('20261120T092932-2bd4e2','2026-11-20T09:29:32.303+00:00','2026-11-20T09:29:33.717+00:00','finished','{"id": "20261120T092932-2bd4e2", "study": {"recipe": {"problem": "xor", "hidden": [2], "activation": "sigmoid", "loss": "bce", "learning_rate": 0.1, "schedule": "constant", "epochs": 50, "biases": "drawn", "update_order": "output_first", "gradient_scale": "sum", "hidden_std_dev": 1.0, "output_std_dev": 0.8165, "hidden_distribution": "normal"}, "axes": [["hidden_std_dev", [0.5, 1.0]]], "repeats": 3, "seed": 0, "draws": "common"}, "study_identity": "2b38fe5954d5", "command": "python -m sweep.run --quiet --axis hidden_std_dev=0.5,1 --set epochs=50 --repeats 3 --workers 1 --store old.sqlite3", "started": "2026-11-20T09:29:32.303+00:00", "host": "vm", "process": 6966, "workers": 1, "cpu": "AMD EPYC", "cores": 2, "platform": "Linux-6.18.44-fc-v669-x86_64-with-glibc2.36", "python": "3.11.7", "numpy": "2.4.6", "numba": "0.68.1", "sweep": "0.1.0", "git_commit": null}');
INSERT INTO "runs" VALUES('20261120T092934-d0ef54','2026-11-20T09:29:34.435+00:00','2026-11-20T09:29:35.032+00:00','finished','{"id": "20261120T092934-d0ef54", "study": {"recipe": {"problem": "xor", "hidden": [2], "activation": "relu", "loss": "mse", "learning_rate": 1e+200, "schedule": "constant", "epochs": 5, "biases": "drawn", "update_order": "output_first", "gradient_scale": "sum", "hidden_std_dev": 1.0, "output_std_dev": 0.8165, "hidden_distribution": "normal"}, "axes": [["hidden_std_dev", [0.5]]], "repeats": 2, "seed": 0, "draws": "common"}, "study_identity": "5f55a712cc15", "command": "python -m sweep.run --quiet --axis hidden_std_dev=0.5 --set learning_rate=1e200 --set loss=mse --set activation=relu --repeats 2 --set epochs=5 --workers 1 --store old.sqlite3", "started": "2026-11-20T09:29:34.435+00:00", "host": "vm", "process": 6986, "workers": 1, "cpu": "AMD EPYC", "cores": 2, "platform": "Linux-6.18.44-fc-v669-x86_64-with-glibc2.36", "python": "3.11.7", "numpy": "2.4.6", "numba": "0.68.1", "sweep": "0.1.0", "git_commit": null}');
CREATE TABLE trainings (
    point_id INTEGER NOT NULL REFERENCES points, repeat INTEGER NOT NULL,
    loss ANY CHECK (typeof(loss) IN ('real', 'null')),
    final_loss ANY CHECK (typeof(final_loss) IN ('real', 'null')),
    solved INTEGER NOT NULL, solved_epoch INTEGER, diverged INTEGER NOT NULL,
    PRIMARY KEY (point_id, repeat)
) STRICT, WITHOUT ROWID;
INSERT INTO "trainings" VALUES(1,0,34.7194501458264,6.9330874935853925578e-01,0,NULL,0);
INSERT INTO "trainings" VALUES(1,1,3.47731494136353802559e+01,6.91144588305801832461e-01,0,NULL,0);
INSERT INTO "trainings" VALUES(1,2,3.46502554692715563082e+01,6.92422416380811478475e-01,0,NULL,0);
INSERT INTO "trainings" VALUES(2,0,3.47586154978846550989e+01,6.93906641232472254365e-01,0,NULL,0);
INSERT INTO "trainings" VALUES(2,1,3.45748641949547135259e+01,6.86916533582949573322e-01,0,NULL,0);
INSERT INTO "trainings" VALUES(2,2,3.44654439019294756008e+01,6.8687935907498143262e-01,0,NULL,0);
INSERT INTO "trainings" VALUES(3,0,NULL,NULL,0,NULL,1);
INSERT INTO "trainings" VALUES(3,1,2.2541227040527802572e+00,0.5,0,NULL,0);
CREATE VIEW results AS
    SELECT hidden_std_dev, output_std_dev, loss, final_loss, solved, solved_epoch, diverged, repeat, seed,
        identity AS point
    FROM points JOIN trainings ON point_id = points.id;
COMMIT;
PRAGMA user_version = 1;
