-- Tables of every tenant, with row-level security from the first day.
-- The application signs in as perennial_app, which owns nothing; each transaction says whose data it may see:
--   select set_config('app.company', 'emilio-born', true)

create table companies (
    company_id  text primary key check (company_id ~ '^[a-z0-9][a-z0-9-]{0,48}[a-z0-9]$'),
    name        text not null,
    settings    jsonb not null,               -- the company file without products and secrets
    credentials bytea,                        -- AES-256-GCM of the channel's secrets
    phone_number_id text unique,              -- the Cloud API number that belongs to this company
    version     bigint not null default 1,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);

create table products (
    company_id  text not null references companies on delete cascade,
    sku         text not null,
    position    integer not null,
    product     jsonb not null,
    primary key (company_id, sku)
);

create table api_keys (
    company_id  text not null references companies on delete cascade,
    key_id      text primary key,
    key_hash    bytea not null,               -- SHA-256 of a 256-bit random key
    label       text not null default '',
    created_at  timestamptz not null default now(),
    revoked_at  timestamptz
);

create table customers (
    company_id  text not null references companies on delete cascade,
    phone       text not null,                -- E.164, or WhatsApp's user id while the phone is hidden
    customer_id uuid not null default gen_random_uuid() unique,
    name        text,
    stage       text not null default 'LEAD' check (stage in ('LEAD', 'CUSTOMER', 'ACTIVE_USER', 'CHURNED')),
    status      text not null default 'active' check (status in ('active', 'waiting', 'dormant')),
    mode        text not null default 'agent' check (mode in ('agent', 'operator')),
    opted_out   boolean not null default false,
    handed_off  text,
    message_count integer not null default 0,
    turn        integer not null default 0,
    event_number integer not null default 0,
    last_interaction timestamptz,
    next_contact timestamptz,
    first_contact timestamptz not null default now(),
    updated_at  timestamptz not null default now(),
    primary key (company_id, phone)
);
create index customers_recent on customers (company_id, last_interaction desc nulls last, phone);

create table agent_events (
    company_id  text not null references companies on delete cascade,
    phone       text not null,
    number      integer not null,
    kind        text not null,
    at          timestamptz not null,
    by          text not null,
    detail      text not null default '',
    primary key (company_id, phone, number)
);

create table sends (
    company_id  text not null references companies on delete cascade,
    send_id     text not null,
    phone       text not null,
    turn        integer not null,
    bubble      integer not null,
    state       text not null check (state in ('reserved', 'released', 'sent', 'delivered', 'read', 'failed')),
    provider_id text,
    failure     text,
    detail      text,
    attempts    integer not null default 1,
    characters  integer not null,
    pricing     jsonb,                        -- the provider's words, verbatim
    reserved_at timestamptz not null default now(),
    settled_at  timestamptz,
    primary key (company_id, send_id)
);
create index sends_of_customer on sends (company_id, phone, turn);

create table usage (
    company_id  text not null references companies on delete cascade,
    usage_id    uuid not null default gen_random_uuid(),
    phone       text not null,
    turn        integer not null,
    purpose     text not null,
    model       text not null,
    request_id  text,
    input_tokens integer not null,
    cached_tokens integer not null,
    output_tokens integer not null,
    price_usd   numeric(14, 8),               -- null where the model's price is not known
    simulated   boolean not null,
    milliseconds integer not null,
    at          timestamptz not null default now(),
    primary key (company_id, usage_id)
);
create index usage_by_day on usage (company_id, at);

create table alerts (
    company_id  text not null references companies on delete cascade,
    phone       text not null,
    key         text not null,
    kind        text not null,
    urgency     text not null,
    detail      text not null,
    raised_at   timestamptz not null default now(),
    settled_at  timestamptz,
    primary key (company_id, phone, key)
);

create table unreadable_updates (             -- what a provider sent and we could not use; of no company yet, so no tenant's
    id          bigint generated always as identity primary key,
    phone_number_id text,
    why         text not null,
    raw         text not null,
    received_at timestamptz not null default now()
);

create table simulator_events (               -- what the simulated phone shows
    company_id  text not null references companies on delete cascade,
    phone       text not null,
    id          bigint generated always as identity,
    kind        text not null check (kind in ('customer', 'bubble', 'typing', 'seen')),
    message_id  text not null,
    text        text not null default '',
    at          timestamptz not null default now(),
    primary key (company_id, phone, id),
    unique (company_id, kind, message_id, phone)
);

do $$
declare tenant_table text;
begin
    foreach tenant_table in array array['companies', 'products', 'api_keys', 'customers', 'agent_events', 'sends',
                                        'usage', 'alerts', 'simulator_events']
    loop
        execute format('alter table %I enable row level security', tenant_table);
        execute format('alter table %I force row level security', tenant_table);
        execute format('create policy tenant on %I using (company_id = current_setting(''app.company'', true))'
                       ' with check (company_id = current_setting(''app.company'', true))', tenant_table);
        execute format('grant select, insert, update, delete on %I to perennial_app', tenant_table);
    end loop;
end $$;
grant insert, select on unreadable_updates to perennial_app;

-- The three questions that have to be asked before the company is known. Each is answered by a function that gives
-- away nothing else; they run as a role that sees the whole table and may do nothing but read it.
grant select on companies, api_keys to perennial_lookup;
create policy lookup on companies for select to perennial_lookup using (true);
create policy lookup on api_keys for select to perennial_lookup using (true);

create function company_of_number(number_id text) returns text
    language sql stable security definer set search_path = pg_catalog, public
    as $$ select company_id from public.companies where phone_number_id = number_id $$;

create function company_of_key(id text, out company_id text, out key_hash bytea)
    language sql stable security definer set search_path = pg_catalog, public
    as $$ select k.company_id, k.key_hash from public.api_keys k where k.key_id = id and k.revoked_at is null $$;

create function list_companies(out company_id text, out name text) returns setof record
    language sql stable security definer set search_path = pg_catalog, public
    as $$ select c.company_id, c.name from public.companies c order by c.company_id $$;

alter function company_of_number(text) owner to perennial_lookup;
alter function company_of_key(text) owner to perennial_lookup;
alter function list_companies() owner to perennial_lookup;
revoke all on function company_of_number(text), company_of_key(text), list_companies() from public;
grant execute on function company_of_number(text), company_of_key(text), list_companies() to perennial_app;
