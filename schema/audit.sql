-- The audit: each change of the bank's rows, whoever makes it and with whatever program.
--
-- It belongs to bank_audit. The application has no privilege on it at all: the trigger writes with its owner's
-- privileges (security definer), so that not even SQL injected into the application can change what was written.
--
-- The limit: PostgreSQL knows the application's role, and cannot verify whom the application serves. SQL that is
-- injected into a request runs as this role, so it can act as any person; and it can leave something behind in its
-- session, which serves others later.

set local role bank_audit;

create table audit.changes (
    id bigint generated always as identity,
    at timestamptz not null default clock_timestamp(),
    transaction xid8 not null default pg_current_xact_id(),
    role name not null,          -- who had logged in to PostgreSQL
    program text not null,       -- its application_name
    person text,                 -- whom the application served: its setting bank.person
    table_name name not null,
    operation text not null,
    row_id bigint,               -- null: TRUNCATE
    old jsonb,
    new jsonb,
    constraint change_operation check (operation in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE'))
) partition by range (at);       -- an old month is dropped or archived in a moment

-- The history of one row.
create index change_of_row on audit.changes (table_name, row_id, at);

-- What no month's partition takes: a change is never refused because nobody made one.
create table audit.changes_default partition of audit.changes default;

-- A partition cannot be created while the default one has rows of its month. So: keep writers out of the default
-- partition, make a table, move the rows into it, attach it. A row committed after the move would make ATTACH fail.
create procedure audit.make_partitions(
    ahead integer default 2, since date default (now() at time zone 'UTC')::date)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'  -- in which months begin, whoever calls it
as $$
-- Make the partition of each month from `since` to `ahead` months from now; move its rows out of the default one.
declare
    month date;
    name text;
begin
    for month in
        select generate_series(
            date_trunc('month', since), date_trunc('month', current_date) + ahead * interval '1 month',
            interval '1 month')
    loop
        name := 'changes_' || to_char(month, 'YYYY_MM');
        continue when to_regclass('audit.' || name) is not null;
        -- Or a row that another transaction has not committed yet would be found by ATTACH.
        lock table audit.changes_default in access exclusive mode;
        continue when to_regclass('audit.' || name) is not null;  -- another call has made it meanwhile
        execute format('create table audit.%I (like audit.changes including all excluding identity)', name);
        execute format(
            'with moved as (delete from audit.changes_default where at >= %1$L and at < %2$L returning *) '
            'insert into audit.%3$I overriding system value select * from moved',
            month, month + interval '1 month', name);
        execute format(
            'alter table audit.changes attach partition audit.%I for values from (%L) to (%L)',
            name, month, month + interval '1 month');
    end loop;
end
$$;

call audit.make_partitions();

create function audit.record() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp  -- or a temporary table could take the place of audit.changes
as $$
begin
    insert into audit.changes (role, program, person, table_name, operation, row_id, old, new)
    values (
        session_user,
        current_setting('application_name'),
        nullif(left(current_setting('bank.person', true), 200), ''),
        tg_table_name,
        tg_op,
        case when tg_level = 'ROW' then coalesce(old.id, new.id) end,
        case when tg_op in ('UPDATE', 'DELETE') then to_jsonb(old) end,
        case when tg_op in ('INSERT', 'UPDATE') then to_jsonb(new) end);
    return null;
end
$$;

-- The owner of a table puts the trigger on it.
grant usage on schema audit to bank_owner;
grant execute on function audit.record() to bank_owner;
grant execute on procedure audit.make_partitions(integer, date) to bank_owner;

reset role;
