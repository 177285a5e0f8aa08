-- Up Migration
-- Who did what. Every row is sealed with a keyed hash of itself and of the row before it; the key is not in this database.
CREATE TABLE audit (
  sequence bigint PRIMARY KEY CHECK (sequence > 0),
  at timestamptz NOT NULL,
  key_id text NOT NULL,
  actor_id text NOT NULL,
  actor_kind text NOT NULL,
  actor_roles text[] NOT NULL,
  action text NOT NULL,
  resource_kind text,
  resource_id text,
  outcome text NOT NULL CHECK (outcome IN ('allowed', 'denied', 'failed')),
  reason text,
  request_id text,
  address text,
  -- Kept to the letter, because the seal is made over the text.
  details json,
  hash bytea NOT NULL
);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_actor ON audit (actor_id, sequence);
CREATE INDEX audit_action ON audit (action, sequence);
CREATE INDEX audit_resource ON audit (resource_kind, resource_id, sequence);

-- Writers take turns, and each row follows on the one before: no number is left out, none is used twice.
CREATE FUNCTION audit_takes_turns() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('omni.audit', 0));
  RETURN NULL;
END $$;
CREATE TRIGGER audit_takes_turns BEFORE INSERT ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_takes_turns();

CREATE FUNCTION audit_has_no_gap() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  first bigint;
  last bigint;
  rows bigint;
BEGIN
  SELECT min(sequence), max(sequence), count(*) INTO first, last, rows FROM added;
  IF rows > 0 AND (last - first + 1 <> rows
    OR first <> 1 + coalesce((SELECT max(sequence) FROM audit WHERE sequence < first), 0)) THEN
    RAISE EXCEPTION 'Rows of the audit log follow on each other.' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER audit_has_no_gap AFTER INSERT ON audit REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION audit_has_no_gap();

CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'Rows of the audit log are added, never changed or removed.';
END $$;
CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
  FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();

-- Where the account may, the table goes to a role that nobody logs in as, so that the account itself can only add and read.
-- No role binds a superuser; and an account that may make no roles keeps the table and gives up the rights to change rows.
DO $$
BEGIN
  IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN RETURN; END IF;
  BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'omni_audit') THEN CREATE ROLE omni_audit NOLOGIN; END IF;
    GRANT omni_audit TO CURRENT_USER;
    EXECUTE format('GRANT CREATE ON SCHEMA %I TO omni_audit', current_schema());
    ALTER TABLE audit OWNER TO omni_audit;
    ALTER FUNCTION audit_takes_turns OWNER TO omni_audit;
    ALTER FUNCTION audit_has_no_gap OWNER TO omni_audit;
    ALTER FUNCTION audit_is_kept OWNER TO omni_audit;
    EXECUTE format('GRANT SELECT, INSERT ON audit TO %I', current_user);
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM omni_audit', current_schema());
    REVOKE omni_audit FROM CURRENT_USER;
  EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
    REVOKE ALL ON audit FROM CURRENT_USER;
    EXECUTE format('GRANT SELECT, INSERT ON audit TO %I', current_user);
  END;
END $$;

-- Down Migration
DROP TABLE audit;
DROP FUNCTION audit_takes_turns;
DROP FUNCTION audit_has_no_gap;
DROP FUNCTION audit_is_kept;
