-- What was changed in a tracker without our hearing of it is found by looking: up to when we know, and how each issue stood.
alter table groundcrew.feedback_issue add column stands jsonb;
create table groundcrew.tracker (
  name    text primary key,
  changed timestamptz not null             -- by the tracker's clock
);
