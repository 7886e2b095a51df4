-- Guests are of another company: they may use what they are shown, and are asked nothing in surveys.
alter table groundcrew.account add column guest boolean not null default false;
