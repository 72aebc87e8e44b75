DROP FUNCTION uuid7();
DROP FUNCTION clock();
DROP TABLE database_mark;
