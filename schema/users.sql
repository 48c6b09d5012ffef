-- The roles. They belong to the whole cluster, so another database may have created them already.
--
-- They have no passwords: over a Unix socket the operating system knows who connects ("peer" in pg_hba.conf), and
-- `alter role bank_application password '…'` sets one where it does not.

-- A role that is not a superuser becomes a member of what it creates, so that it can give them objects.
set local createrole_self_grant = 'set, inherit';

select format('create role %I %s', name, attributes)
from (values
    ('bank_owner', 'login'),        -- owns the tables; patches are applied as this role
    ('bank_application', 'login'),  -- reads and changes rows, and nothing else
    ('bank_view', 'login'),         -- reads rows: a person, or a tool for charts
    ('bank_backup', 'login'),       -- reads all tables, for pg_dump --no-large-objects: those are their creator's alone
    ('bank_audit', 'nologin')       -- owns the audit; nobody is this role by accident
) as wanted (name, attributes)
where not exists (select from pg_roles where rolname = name)
\gexec

-- The owner may act as the audit's owner, but must say so (set role): it does not inherit its privileges.
grant bank_audit to bank_owner with inherit false, set true;

-- A role that existed before may have more rights than a new one would have: then nothing is done.
do $$
declare
    mighty text;
begin
    select string_agg(rolname, ', ') into mighty
    from pg_roles r
    where rolname in ('bank_owner', 'bank_application', 'bank_view', 'bank_backup', 'bank_audit')
        and (
            rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls
            or (rolname = 'bank_audit' and rolcanlogin)
            or exists (
                select from pg_auth_members m
                where m.member = r.oid and not (rolname = 'bank_owner' and m.roleid = 'bank_audit'::regrole)));
    if mighty is not null then
        raise exception 'these roles exist, with more rights than this schema gives them: %', mighty
            using hint = 'Take them away (alter role, revoke), or rename the roles.';
    end if;
end
$$;
