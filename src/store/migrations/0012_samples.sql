-- Up Migration
-- What processes counted, interval by interval, so that figures are there without a Prometheus. Coarser rows take the place of older ones.
CREATE TABLE metric_samples (
  home text NOT NULL,
  name text NOT NULL,
  labels jsonb NOT NULL,
  labels_hash bytea NOT NULL,
  -- Seconds that the row stands for, from `at` on.
  resolution integer NOT NULL,
  at timestamptz NOT NULL,
  -- The process; of rows that stand for several of them the nil UUID.
  owner uuid NOT NULL,
  -- `growth`: what was added in the interval. `level`: how it stood.
  kind text NOT NULL CHECK (kind IN ('growth', 'level')),
  -- Of a histogram the sum of what it was shown.
  value double precision NOT NULL,
  -- Of a histogram: how many values.
  count double precision,
  PRIMARY KEY (home, name, resolution, at, labels_hash, owner)
);
CREATE INDEX metric_samples_by_age ON metric_samples (home, resolution, at);

-- Down Migration
DROP TABLE metric_samples;
