-- Every phone and user id under which a customer was ever seen, and the one agent that is theirs.

create table identities (
    company_id  text not null references companies on delete cascade,
    identity    text not null,                -- E.164, or WhatsApp's business-scoped user id
    phone       text not null,                -- the agent's key: customers.phone
    seen_at     timestamptz not null default now(),
    primary key (company_id, identity)
);
create index identities_of_agent on identities (company_id, phone);

-- An owner who is no superuser sees no customer of any company while row-level security is forced.
alter table customers no force row level security;
insert into identities (company_id, identity, phone) select company_id, phone, phone from customers;
alter table customers force row level security;

do $$
declare tenant_table text;
begin
    foreach tenant_table in array array['identities']
    loop
        execute format('alter table %I enable row level security', tenant_table);
        execute format('alter table %I force row level security', tenant_table);
        execute format('create policy tenant on %I using (company_id = current_setting(''app.company'', true))'
                       ' with check (company_id = current_setting(''app.company'', true))', tenant_table);
        execute format('grant select, insert, update, delete on %I to perennial_app', tenant_table);
    end loop;
end $$;
