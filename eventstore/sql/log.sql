-- The log: events kept for ever, in one dense order that no reader can miss.

-- How far the clock of a sandbox is ahead; nowhere else does this ever change.
CREATE TABLE eventstore_clock (ahead interval NOT NULL);
CREATE UNIQUE INDEX eventstore_clock_one ON eventstore_clock ((true));
INSERT INTO eventstore_clock VALUES ('0');

CREATE FUNCTION eventstore_now() RETURNS timestamptz LANGUAGE sql VOLATILE AS
    'SELECT clock_timestamp() + ahead FROM eventstore_clock';

CREATE TABLE eventstore_event (
    id uuid PRIMARY KEY,
    stream text COLLATE "C" NOT NULL CHECK (stream <> ''),
    version integer NOT NULL CHECK (version > 0),
    name text NOT NULL CHECK (name <> ''),
    schema smallint NOT NULL CHECK (schema > 0),
    data bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    correlation uuid NOT NULL,
    causation uuid,
    command uuid,
    actor text NOT NULL,
    CONSTRAINT eventstore_event_stream_version UNIQUE (stream, version)
);
CREATE INDEX eventstore_event_correlation ON eventstore_event (correlation);

-- The order in which events are read. Given when they are first read, so that commits run side by side
-- and positions are dense: a lower position can never appear after a higher one was seen.
CREATE TABLE eventstore_log (
    position bigint PRIMARY KEY CHECK (position > 0),
    event uuid NOT NULL UNIQUE
);

-- What has been appended and not been read yet: one row an append. Rows come and go at the pace of the shop.
CREATE TABLE eventstore_unnumbered (
    arrival bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    events uuid[] NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- What came of each command: its events, or the sentence it was refused with.
CREATE TABLE eventstore_receipt (
    command uuid PRIMARY KEY,
    name text NOT NULL,
    digest bytea NOT NULL,
    actor text NOT NULL,
    events uuid[] NOT NULL,
    refusal jsonb,
    recorded_at timestamptz NOT NULL DEFAULT eventstore_now()
);

-- Append events to streams. Event n goes to the stream of_stream[n], as the steps[n]-th one after the version that it has;
-- `arrived` holds the same events in the order that the log shall have. The plans are generic, as planning anew for the
-- arrays at hand takes longer than all the rest. Each unnest hands on one element at a time where it stands; in FROM it
-- would fill a store with all of them first.
CREATE FUNCTION eventstore_append(
    arrived uuid[], streams text[], expected integer[],
    ids uuid[], of_stream integer[], steps integer[], names text[], schemas integer[], datas bytea[],
    correlation uuid, causation uuid, command uuid, actor text,
    command_name text, digest bytea
) RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    before integer[];
BEGIN
    before := ARRAY(
        SELECT coalesce((SELECT max(e.version) FROM eventstore_event e WHERE e.stream = one.stream), 0)
        FROM (SELECT unnest(streams) AS stream) AS one
    );
    FOR n IN 1 .. cardinality(streams) LOOP
        IF expected[n] <> before[n] THEN
            RAISE EXCEPTION USING ERRCODE = 'ES001', MESSAGE = 'another version of the stream was expected',
                DETAIL = json_build_array(streams[n], expected[n], before[n]);
        END IF;
    END LOOP;

    INSERT INTO eventstore_event
        (id, stream, version, name, schema, data, recorded_at, correlation, causation, command, actor)
    SELECT new.id, streams[new.of_stream], before[new.of_stream] + new.step, new.name, new.schema, new.data,
        clock_timestamp() + (SELECT clock.ahead FROM eventstore_clock AS clock),
        eventstore_append.correlation, eventstore_append.causation, eventstore_append.command, eventstore_append.actor
    FROM (
        SELECT unnest(ids) AS id, unnest(of_stream) AS of_stream, unnest(steps) AS step,
            unnest(names) AS name, unnest(schemas) AS schema, unnest(datas) AS data
    ) AS new;

    INSERT INTO eventstore_unnumbered (events) VALUES (arrived);

    IF digest IS NOT NULL THEN
        INSERT INTO eventstore_receipt (command, name, digest, actor, events, recorded_at)
        VALUES (eventstore_append.command, command_name, eventstore_append.digest, eventstore_append.actor, arrived,
            clock_timestamp() + (SELECT clock.ahead FROM eventstore_clock AS clock));
    END IF;
END $$;

-- Number what is there, in the order of its arrival, and return the head of the log. Its lock is held to the end of the
-- transaction; and as nobody sees a position before it is on the disk, none is ever given to two events.
CREATE FUNCTION eventstore_number() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    moved bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM eventstore_unnumbered) THEN
        RETURN (SELECT coalesce(max(position), 0) FROM eventstore_log);
    END IF;
    PERFORM pg_advisory_xact_lock('eventstore_log'::regclass::oid::bigint);
    SELECT coalesce(max(position), 0) INTO head FROM eventstore_log;
    WITH arrived AS (DELETE FROM eventstore_unnumbered RETURNING arrival, events)
    INSERT INTO eventstore_log (position, event)
    SELECT head + row_number() OVER (ORDER BY arrived.arrival, one.n), one.event
    FROM arrived CROSS JOIN LATERAL unnest(arrived.events) WITH ORDINALITY AS one (event, n);
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN head + moved;
END $$;

CREATE FUNCTION eventstore_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'ES002', MESSAGE = format('%s is kept for ever: %s is refused', TG_TABLE_NAME, TG_OP);
END $$;

CREATE TRIGGER eventstore_event_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON eventstore_event
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change();
CREATE TRIGGER eventstore_log_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON eventstore_log
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change();
CREATE TRIGGER eventstore_receipt_for_ever BEFORE UPDATE OR DELETE OR TRUNCATE ON eventstore_receipt
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change();
CREATE TRIGGER eventstore_unnumbered_unchanged BEFORE UPDATE OR TRUNCATE ON eventstore_unnumbered
    FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_change();

-- Whoever deleted what waits for its position would hide it from every reader, for ever.
CREATE FUNCTION eventstore_refuse_loss() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM gone CROSS JOIN LATERAL unnest(gone.events) AS one (event)
        WHERE (SELECT l.position FROM eventstore_log l WHERE l.event = one.event) IS NULL
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'ES002', MESSAGE = format('%s: what has no position is not deleted', TG_TABLE_NAME);
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER eventstore_unnumbered_until_numbered AFTER DELETE ON eventstore_unnumbered
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION eventstore_refuse_loss();
