-- When the customer last wrote, by their own clock: WhatsApp's 24-hour window counts from there.
alter table customers add column last_inbound timestamptz;
