-- The audit trail: who asked for what, when, and what came of it. It is no table of its own, as the receipts say it all.

-- For whom a command was that led to no event. One that did is for the stream of its events.
ALTER TABLE eventstore_receipt ADD COLUMN stream text COLLATE "C";

-- Most commands are sent by processes, and most questions are about persons.
CREATE INDEX eventstore_receipt_time ON eventstore_receipt (recorded_at, command);
CREATE INDEX eventstore_receipt_actor ON eventstore_receipt (actor, recorded_at, command)
    WHERE NOT starts_with(actor, 'process:');
CREATE INDEX eventstore_receipt_name ON eventstore_receipt (name, recorded_at, command)
    WHERE NOT starts_with(actor, 'process:');
CREATE INDEX eventstore_receipt_refused ON eventstore_receipt (recorded_at, command) WHERE refusal IS NOT NULL;
CREATE INDEX eventstore_receipt_stream ON eventstore_receipt (stream) WHERE stream IS NOT NULL;

CREATE VIEW eventstore_trail AS
SELECT r.command, r.name, r.actor, r.recorded_at AS asked_at, starts_with(r.actor, 'process:') AS by_process,
    CASE WHEN r.refusal IS NOT NULL THEN 'refused' WHEN r.events = '{}' THEN 'nothing' ELSE 'done' END AS outcome,
    coalesce(r.stream, (SELECT e.stream FROM eventstore_event e WHERE e.id = r.events[1]), '') AS stream,
    to_jsonb(ARRAY(
        SELECT e.name FROM unnest(r.events) WITH ORDINALITY AS one (id, place) JOIN eventstore_event e USING (id)
        ORDER BY one.place
    )) AS happened,
    r.refusal
FROM eventstore_receipt r;
