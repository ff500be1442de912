-- Rules of one node beside its rights (modules/nodes/node-rules.ts), and the associations that are open with a node
-- whose rules limit their number or their bandwidth: processes and servers share that table, as they share the limit.
-- Every table here is written by the module nodes.
ALTER TABLE node ADD COLUMN rules jsonb NOT NULL DEFAULT '{}';

CREATE TABLE node_slot (
  id               bigint PRIMARY KEY,
  node_id          bigint NOT NULL REFERENCES node (id) ON DELETE CASCADE,
  direction        text NOT NULL CHECK (direction IN ('in', 'out')),  -- who opened it: the node, or we
  held_until       timestamptz NOT NULL                               -- renewed by its process while it is open
);
CREATE INDEX node_slot_of_node ON node_slot (node_id, direction);
