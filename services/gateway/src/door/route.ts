/** The name of the door among those who answer calls. */
export const DOOR = 'door';

const OF_A_SERVICE = /^\/corridor\.([a-z]+)\.v\d+\.\w+\/\w+$/;
/** What partners' tools ask of the whole node, and what the node says of itself. */
const OF_THE_DOOR = /^\/(?:grpc\.health\.v1\.Health|grpc\.reflection\.v1(?:alpha)?\.ServerReflection|corridor\.node\.v1\.NodeService)\/\w+$/;

/** Who answers an RPC, by its path: that of a service has its name in its package, `/corridor.{service}.v1...`. */
export const routeOf = (path: string): string | undefined => (OF_THE_DOOR.test(path) ? DOOR : OF_A_SERVICE.exec(path)?.[1]);
