import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers';

/** Versions as in docker-compose.yml. */
const KAFKA_IMAGE = 'apache/kafka:4.1.1';
const MONGO_IMAGE = 'mongo:8';
const MONGO_PORT = 27_017;
/** A broker tells clients where it is, so its port must be known before it starts. */
const KAFKA_PORT = 39_092;

/** Where the engines are; empty where there is none. */
const VARIABLES = { kafka: 'CORRIDOR_TEST_KAFKA', mongodb: 'CORRIDOR_TEST_MONGODB' } as const;

/**
 * Fills in what the environment does not name from containers, when a Docker engine answers. What is still missing then
 * its suites tell, each with a test that is skipped, or that fails where CORRIDOR_REQUIRE_ENGINES is set.
 */
export default async function startEngines(): Promise<() => Promise<void>> {
  const started: StartedTestContainer[] = [];
  if (given(VARIABLES.kafka) === undefined) await attempt(VARIABLES.kafka, startKafka, started);
  if (given(VARIABLES.mongodb) === undefined) await attempt(VARIABLES.mongodb, startMongo, started);
  return async () => {
    for (const container of started) await container.stop();
  };
}

const given = (name: string): string | undefined => (process.env[name] === '' ? undefined : process.env[name]);

interface Engine {
  readonly container: StartedTestContainer;
  readonly address: string;
}

async function attempt(variable: string, start: () => Promise<Engine>, started: StartedTestContainer[]): Promise<void> {
  try {
    const { container, address } = await start();
    started.push(container);
    process.env[variable] = address;
  } catch (error) {
    console.log(`${variable} is not set and no container could be started in its place: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function startKafka(): Promise<Engine> {
  const container = await new GenericContainer(KAFKA_IMAGE)
    .withExposedPorts({ container: KAFKA_PORT, host: KAFKA_PORT })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://:${KAFKA_PORT},CONTROLLER://:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${KAFKA_PORT}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_GROUP_COORDINATOR_APPEND_LINGER_MS: '0',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
    })
    .withWaitStrategy(Wait.forListeningPorts())
    .start();
  return { container, address: `127.0.0.1:${KAFKA_PORT}` };
}

async function startMongo(): Promise<Engine> {
  const container = await new GenericContainer(MONGO_IMAGE).withExposedPorts(MONGO_PORT).withWaitStrategy(Wait.forListeningPorts()).start();
  return { container, address: `mongodb://${container.getHost()}:${container.getMappedPort(MONGO_PORT)}/?directConnection=true` };
}
