import { trackingPlace } from '../../tracking/facts/place.js';

describe('where runs are kept', () => {
  const checkout = '/srv/.reprise/workspaces/run-0123456789ab/models/one';
  const env = { REPRISE_SWEEP: 'lr', REPRISE_TRIAL: '002' };

  it('is the project, or the folder whose worker has made a copy of it', () => {
    expect(trackingPlace('/home/me/project', {})).toEqual({ home: '/home/me/project' });
    expect(trackingPlace('/srv/.reprise/sweeps/lr/trials/002-r1/project', {})).toEqual({
      home: '/srv',
      trial: { sweep: 'lr', label: '002-r1' },
    });
    expect(trackingPlace(checkout, {})).toEqual({ home: '/srv' });
  });

  it('is known with the trial that a checkout is of', () => {
    expect(trackingPlace(checkout, env)).toEqual({ home: '/srv', trial: { sweep: 'lr', label: '002' } });
    // What a shell has left over is nothing to a project.
    expect(trackingPlace('/home/me/project', env)).toEqual({ home: '/home/me/project' });
  });
});
