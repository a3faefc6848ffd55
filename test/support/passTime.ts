import { addMonths } from '../../schemas/time.ts';
import { SUPPLIER_REPORTS } from '../../schemas/topics.ts';
import { streamClockOf } from '../../services/runtime/eventStore.ts';
import { inventoryClosed, testUscc, uniqueName } from './events.ts';
import { eventually, type TestStream } from './stream.ts';

/**
 * Several partitions say, until it is believed, that time has come this far: one alone never is.
 * @param serial of the first of eight firms that say so
 */
export async function passTimeTo(at: string, stream: TestStream, serial: number): Promise<void> {
  const firms = Array.from({ length: 8 }, (_, index) => testUscc(serial + index));
  const period = addMonths(at.slice(0, 7), -1);
  await eventually('time to be believed', async () => {
    await stream.send(
      SUPPLIER_REPORTS,
      firms.map((firm) => ({ ...inventoryClosed(uniqueName('push'), { period }, firm), time: at })),
    );
    await stream.drained();
    const clock = await streamClockOf(stream.mongo.db).findOne({ _id: 'watermark' });
    return clock !== null && clock.at >= new Date(at);
  });
}
