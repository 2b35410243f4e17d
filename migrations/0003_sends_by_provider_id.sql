-- A status without our id finds its bubble by the provider's, without reading every bubble of the company.
create index sends_of_provider on sends (company_id, provider_id);
