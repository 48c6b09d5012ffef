-- What each role may do with objects that are created from here on, by patches too.

grant usage on schema bank, django, reports to bank_application, bank_view;

-- The application changes rows. It cannot truncate, nor create, alter or drop anything.
alter default privileges for role bank_owner in schema bank, django
    grant select, insert, update, delete on tables to bank_application;
alter default privileges for role bank_owner in schema reports
    grant select on tables to bank_application;
-- `bank_import` copies another bank with its keys, and then moves the counters of generated keys behind them (setval).
alter default privileges for role bank_owner in schema bank, django
    grant select, update on sequences to bank_application;

-- People see the shop, but neither the users' passwords nor their sessions.
alter default privileges for role bank_owner in schema bank, reports
    grant select on tables to bank_view;

-- pg_dump reads everything, what patches add too.
grant usage on schema bank, django, reports, audit to bank_backup;
alter default privileges for role bank_owner grant select on tables to bank_backup;
alter default privileges for role bank_owner grant select on sequences to bank_backup;
alter default privileges for role bank_owner grant usage on schemas to bank_backup;
alter default privileges for role bank_audit grant select on tables to bank_backup;
alter default privileges for role bank_audit grant select on sequences to bank_backup;

-- PostgreSQL lets everybody execute every function.
alter default privileges for role bank_owner revoke execute on functions from public;
alter default privileges for role bank_audit revoke execute on functions from public;
alter default privileges for role bank_owner in schema bank, reports
    grant execute on functions to bank_application, bank_view;

-- A database that began before PostgreSQL 15 lets everybody create tables in public, which is in the search path.
revoke create on schema public from public;
