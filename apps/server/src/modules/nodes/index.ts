// Public names of the nodes module: the remote AEs and HL7 peers that may talk to us, and what they may do.
export { type FoundNode, findDicomNode, findHl7Node, touchNode } from './find-node.ts';
export { nodeCommands } from './node.cli.ts';
export { type NodeMay, type NodeRow, nodeMays } from './node-types.ts';
export { nodeRoutes } from './nodes.routes.ts';
export { addNode, getNode, listNodes } from './register-node.ts';
