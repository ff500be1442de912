// Associations that we open to a registered node: by its rules, which the nodes module knows.
export { connectToNode, type OutboundOptions } from '../modules/nodes/index.ts';
