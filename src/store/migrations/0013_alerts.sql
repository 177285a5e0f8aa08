-- Up Migration
-- Rules that people gave; one with the id of a built-in rule lies over it.
CREATE TABLE alert_rules (
  home text NOT NULL,
  id text NOT NULL,
  rule jsonb NOT NULL,
  changed_by text NOT NULL,
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (home, id)
);
-- How each rule stands, so that a restart forgets nothing.
CREATE TABLE alert_standings (
  home text NOT NULL,
  id text NOT NULL,
  standing jsonb,
  -- What the condition read at the last look.
  figures jsonb,
  seen_at timestamptz,
  -- What people were told when it began to fire, so that the same are told of its end; null: nobody was.
  told jsonb,
  silenced_until timestamptz,
  silenced_by text,
  silence_reason text,
  PRIMARY KEY (home, id)
);
CREATE TABLE alert_events (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  home text NOT NULL,
  id text NOT NULL,
  at timestamptz NOT NULL,
  event jsonb NOT NULL
);
CREATE INDEX alert_events_by_age ON alert_events (home, at);
CREATE INDEX alert_events_by_alert ON alert_events (home, id, seq DESC);
-- Webhooks that are to be sent: written with what they tell of, and tried until they are settled.
CREATE TABLE alert_deliveries (
  home text NOT NULL,
  seq bigint NOT NULL REFERENCES alert_events ON DELETE CASCADE,
  id text NOT NULL,
  tries integer NOT NULL DEFAULT 0,
  next_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  settled_at timestamptz,
  last_error text,
  PRIMARY KEY (home, seq)
);
CREATE INDEX alert_deliveries_due ON alert_deliveries (home, id, seq) WHERE settled_at IS NULL;

-- Down Migration
DROP TABLE alert_deliveries;
DROP TABLE alert_events;
DROP TABLE alert_standings;
DROP TABLE alert_rules;
