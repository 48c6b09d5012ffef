-- Reports: sales per day, best sellers, what a customer has spent.

-- A default that is the same for all rows is added at once: old orders get the time of this patch.
alter table bank.orders add column placed_at timestamptz not null default now();
comment on column bank.orders.placed_at is 'Written by the database only: the application does not know it.';

-- A virtual column is computed when it is read, so that nothing is written here.
alter table bank.order_lines add column value numeric generated always as (price * quantity) virtual;

-- Sales of each product on each day (of UTC).
create view reports.sales as
select
    l.product_id,
    (o.placed_at at time zone 'UTC')::date as day,
    sum(l.quantity) as pieces,
    sum(l.value) as revenue
from bank.order_lines l
join bank.orders o on o.id = l.order_id
group by l.product_id, day;

-- The ranking reads all orders, so it is computed now and then: reports.refresh(). Readers see the old one meanwhile
-- (concurrently), for which it needs a unique index.
create materialized view reports.best_sellers as
select
    p.id as product_id,
    coalesce(sum(l.quantity), 0) as pieces,
    coalesce(sum(l.value), 0) as revenue,
    rank() over (order by coalesce(sum(l.value), 0) desc) as place
from bank.products p
left join bank.order_lines l on l.product_id = p.id
group by p.id;

create unique index best_seller_key on reports.best_sellers (product_id);

-- Only the owner of a materialized view may refresh it, so this function is executed as the owner.
create function reports.refresh() returns void
language sql security definer
set search_path = pg_catalog, pg_temp
as 'refresh materialized view concurrently reports.best_sellers';
revoke execute on function reports.refresh() from bank_view;  -- which only reads

-- What a customer has spent, for queries of the ORM: Func("pk", function="reports.spent").
create function reports.spent(customer bigint) returns numeric
language sql stable
return (select coalesce(sum(subtotal), 0) from bank.orders where customer_id = customer);
