import kafkajs from 'kafkajs';
import type { ConnectionPool } from 'kafkajs/src/broker/index.js';

/** Ends the connections to a broker at once: everything that is under way on them fails, for a reason that passes. The next request connects anew. */
export async function letGo(pool: ConnectionPool): Promise<void> {
  for (const connection of pool.pool) {
    connection.rejectRequests(new kafkajs.KafkaJSConnectionError('Let go', { broker: `${pool.host}:${pool.port}` }));
    // A login waits for its answer in a place of its own.
    connection.authHandlers?.onError();
  }
  // Behind the above, else kafkajs waits for the answers.
  await pool.destroy();
  for (const { socket } of pool.pool) {
    // A broker that is silent never ends its side. What would still connect is told that it does not.
    if (socket?.connecting === true) socket.destroy(new Error('Let go'));
    else socket?.destroy();
  }
}
