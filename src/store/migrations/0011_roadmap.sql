-- Feedback becomes a roadmap: who else asked, what triage found out, what was merged, and who was told of what.
alter table groundcrew.feedback
  add column problem    text,              -- as triage understands it, and what people will be able to do
  add column outcome    text,
  add column persona    text,
  add column quarter    text,              -- 2026Q1
  add column owner      uuid references groundcrew.person (id),
  add column impact     int,               -- 1 to 5, set at triage
  add column confidence int,               -- percent
  add column effort     int,               -- weeks of one person
  add column path       text,              -- the golden path it is about: who has one of those is affected
  add column team       text,              -- of the requester, when they asked
  add column "into"     int references groundcrew.feedback (number), -- merged, until it is taken apart again
  add column help       text,              -- what people were told when it shipped, and where it is
  add column link       text,
  add column shipped    timestamptz,
  add column words      tsvector generated always as (
    setweight(to_tsvector('english'::regconfig, what), 'A') || setweight(to_tsvector('english'::regconfig, why), 'C')
  ) stored;
create index feedback_words on groundcrew.feedback using gin (words);
create index feedback_into on groundcrew.feedback ("into") where "into" is not null;
create index feedback_shipped on groundcrew.feedback (shipped) where shipped is not null;
create index feedback_owner on groundcrew.feedback (owner) where owner is not null;

-- Spelling that is nearly the same. Where we may not make the extension, similar items are found by words alone.
do $$
begin
  create extension if not exists pg_trgm with schema public;
exception when insufficient_privilege or feature_not_supported or undefined_file then
  raise notice 'pg_trgm could not be created: %', sqlerrm;
end $$;

-- A move may come from a tracker, without a person of ours; what it changed beside the state is kept.
alter table groundcrew.feedback_move
  alter column "by" drop not null,
  add column via     text,                 -- the tracker that it came from
  add column changes jsonb;                -- by field: what it was, what it became

-- Who else wants it. One person counts once, in however many ways they said so.
create table groundcrew.feedback_voice (
  feedback int not null references groundcrew.feedback (number),
  person   uuid not null references groundcrew.person (id),
  way      text not null,                  -- button, reaction, reply, split
  account  text not null,                  -- the login they said it with: where they are told
  pain     int,
  team     text,
  at       timestamptz not null,
  primary key (feedback, person, way)
);
create index feedback_voice_person on groundcrew.feedback_voice (person);

-- Who does not want to hear of it any more.
create table groundcrew.feedback_mute (
  feedback int not null references groundcrew.feedback (number),
  person   uuid not null references groundcrew.person (id),
  at       timestamptz not null,
  primary key (feedback, person)
);
create index feedback_mute_person on groundcrew.feedback_mute (person);

-- Who is told of a move: one row a person, marked in the transaction that tells them.
create table groundcrew.feedback_notice (
  move     bigint not null references groundcrew.feedback_move (id),
  person   uuid not null references groundcrew.person (id),
  feedback int not null references groundcrew.feedback (number),
  account  text,
  since    timestamptz not null,           -- when they asked, or said that they want it too
  asked    boolean not null,               -- whether they asked for it, or wanted it too
  key      text,                           -- of the message that told them; null: waiting
  at       timestamptz not null,
  primary key (move, person)
);
create index feedback_notice_waiting on groundcrew.feedback_notice (person, at) where key is null;
create index feedback_notice_person on groundcrew.feedback_notice (person, feedback);
create index feedback_notice_key on groundcrew.feedback_notice (key) where key is not null;

-- Moves that people are still to be told of. Who they are is found out when it is due, not before.
create table groundcrew.feedback_telling (
  move     bigint primary key references groundcrew.feedback_move (id),
  feedback int not null references groundcrew.feedback (number),
  at       timestamptz not null
);
create index feedback_telling_feedback on groundcrew.feedback_telling (feedback);
create index feedback_telling_at on groundcrew.feedback_telling (at);

-- Whether what shipped helped.
create table groundcrew.feedback_verdict (
  feedback int not null references groundcrew.feedback (number),
  person   uuid not null references groundcrew.person (id),
  solved   boolean not null,
  words    text,
  at       timestamptz not null,
  primary key (feedback, person)
);
create index feedback_verdict_person on groundcrew.feedback_verdict (person);

create table groundcrew.feedback_relation (
  feedback int not null references groundcrew.feedback (number),
  other    int not null references groundcrew.feedback (number),
  kind     text not null,                  -- related; split: `other` was taken out of `feedback`
  primary key (feedback, other)
);
create index feedback_relation_other on groundcrew.feedback_relation (other);

-- The issue of a tracker that an item is worked on in.
create table groundcrew.feedback_issue (
  feedback int primary key references groundcrew.feedback (number),
  tracker  text not null,
  ref      text not null,                  -- as the tracker knows it: owner/repository#7
  url      text not null,
  changed  timestamptz,                    -- when the tracker last told of a change
  unique (tracker, ref)
);

-- What somebody was about to send, while they look at what is like it.
create table groundcrew.feedback_draft (
  id        uuid primary key,
  person    uuid not null references groundcrew.person (id),
  account   text not null,
  what      text not null,
  why       text not null,
  pain      int not null,
  permalink text,
  at        timestamptz not null
);
create index feedback_draft_person on groundcrew.feedback_draft (person);
create index feedback_draft_at on groundcrew.feedback_draft (at);

-- A reaction names a message as its platform does.
create index message_native on groundcrew.message (place, native) where native is not null;
