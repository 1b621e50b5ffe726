import { init, temporary } from '../rig/init.js';
import { reprise } from '../rig/reprise.js';

describe('reprise predict', () => {
  it('says that there is no model yet, and what makes one', async () => {
    const { folder } = await init(['.'], temporary());
    const { code, stderr } = await reprise(['predict'], folder);
    expect(code).toBe(1);
    expect(stderr).toContain('there is no model at models/checkpoints/best_model');
    expect(stderr).toContain('reprise repro');
  });
});
