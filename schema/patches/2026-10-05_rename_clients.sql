-- The API says "customer"; so does the table now, with everything that has its name.
-- Each statement only changes the catalog, but needs an exclusive lock: patch_db's lock_timeout gives up rather than
-- let all readers queue behind a patch that waits. Old programs stop working: deploy the new one right after it.

alter table bank.clients rename to customers;
alter sequence bank.clients_id_seq rename to customers_id_seq;
alter table bank.customers rename constraint client_key to customer_key;
alter table bank.customers rename constraint client_name_not_empty to customer_name_not_empty;
alter table bank.customers rename constraint clients_id_not_null to customers_id_not_null;
alter table bank.customers rename constraint clients_name_not_null to customers_name_not_null;
alter trigger clients_audit on bank.customers rename to customers_audit;
alter trigger clients_truncated on bank.customers rename to customers_truncated;

alter table bank.orders rename column client_id to customer_id;
alter table bank.orders rename constraint order_of_client to order_of_customer;
alter table bank.orders rename constraint orders_client_id_not_null to orders_customer_id_not_null;
alter index bank.order_client_index rename to order_customer_index;
