-- Up Migration
-- One row for each caller and kind of request: so much of the allowance is used up, and what the last lease was given. The key is a hash, so
-- that no address stands here. What a crash loses is a minute's counting.
CREATE UNLOGGED TABLE request_rates (
  key text PRIMARY KEY,
  used_until timestamptz NOT NULL,
  granted integer NOT NULL
);
CREATE INDEX request_rates_used_until ON request_rates (used_until);

-- Down Migration
DROP TABLE request_rates;
