-- The bank's database, whole, into an empty database of PostgreSQL 18 or later:
--
--     createdb bank && psql -f schema/database.sql bank
--
-- This is the source of truth: it says what a new database is, and why. A database that exists is changed by
-- schema/patches, and a test compares the two. Either all of it is done or nothing.
--
-- Run it as a superuser; or as the owner of the database who has CREATEROLE. Where the roles of users.sql exist
-- already, he must be the one who has created them, or have ADMIN OPTION on them. psql's variable DBNAME is the
-- database that it is connected to.

\set ON_ERROR_STOP on
set client_min_messages = warning;
begin;

\ir users.sql

-- Who may connect is said here, role by role.
revoke all on database :"DBNAME" from public;
grant connect on database :"DBNAME" to bank_application, bank_view, bank_backup;
grant connect, create, temporary on database :"DBNAME" to bank_owner;  -- for patches, and reports.refresh()

create schema bank authorization bank_owner;     -- customers, products, orders
create schema django authorization bank_owner;   -- the tables of Django's own applications
create schema reports authorization bank_owner;  -- views for people who count
create schema audit authorization bank_audit;    -- what was changed, by whom

-- Names without a schema are looked up here. Nobody but the owner can create anything in these schemas, so nobody
-- can put an object of the same name before another: https://www.postgresql.org/docs/18/ddl-schemas.html#DDL-SCHEMAS-PATTERNS
alter database :"DBNAME" set search_path = bank, django, reports, public;

-- Finds a part of a name with an index (bank.sql).
create extension if not exists pg_trgm with schema public;

\ir privileges.sql
\ir audit.sql
set local role bank_owner;
\ir django.sql
\ir bank.sql
\ir reports.sql
reset role;

commit;
