// Public names of the nodes module: the remote AEs and HL7 peers that may talk to us, and what they may do.
export { connectToNode, type OutboundOptions } from './connect-to-node.ts';
export { type FoundNode, findDicomNode, findHl7Node, touchNode } from './find-node.ts';
export { nodeCommands } from './node.cli.ts';
export { limitsOf, preferredSyntaxes, rulesOf, type StoredRules, timeoutsOf } from './node-rules.ts';
export { claimSlot, type Slot } from './node-slots.ts';
export { type NodeMay, type NodeRow, nodeMays } from './node-types.ts';
export { nodeRoutes } from './nodes.routes.ts';
export { addNode, getNode, listNodes } from './register-node.ts';
