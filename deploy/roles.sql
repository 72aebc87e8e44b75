-- The two roles and the database, run once by a superuser before the first migration:
--   psql -v app_password=… -v owner_password=… -f deploy/roles.sql
create role degentalk_owner login password :'owner_password';
create role degentalk_app login password :'app_password';
create database degentalk owner degentalk_owner;
revoke all on database degentalk from public;
grant connect on database degentalk to degentalk_app;
