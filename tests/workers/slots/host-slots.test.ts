import { setTimeout as sleep } from 'node:timers/promises';
import type { SlotReserveContext } from '@temporalio/worker';
import { createHostSlots } from '../../../workers/slots/host-slots.js';

describe('what a host says that it serves', () => {
  const asked = async (slots: ReturnType<typeof createHostSlots>) => {
    const leaves = new AbortController();
    const supplier = slots.presence.supplier();
    const permit = supplier.reserveSlot({} as SlotReserveContext, leaves.signal);
    const isSaid = await Promise.race([permit.then(() => true), sleep(1_000).then(() => false)]);
    return { permit, isSaid };
  };

  it('is said without a GPU', async () => {
    expect(await asked(createHostSlots({}, []))).toMatchObject({ isSaid: true });
  });

  it('is not said while all of its GPUs have failed', async () => {
    const slots = createHostSlots({}, [0, 1]);
    slots.pool.setWorking([1]);
    expect(await asked(slots)).toMatchObject({ isSaid: true });
    slots.pool.setWorking([]);
    const { permit, isSaid } = await asked(slots);
    expect(isSaid).toBe(false);
    slots.pool.setWorking([0]);
    await permit;
  });
});
