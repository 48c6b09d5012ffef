-- patch_db: no-transaction
-- Indexes for the admin's search, for products to be ordered again, and for reports of a period. CONCURRENTLY lets
-- people write meanwhile, and is not possible in a transaction.

create index concurrently customer_name_search on bank.customers using gin (upper(name::text) public.gin_trgm_ops);
create index concurrently product_low_stock on bank.products (stock) where stock < 10;
create index concurrently order_placed_index on bank.orders (placed_at);
