import { distinct, type Guard, grouped, suspicion } from './guard.ts';

/** A rating on site whose level does not follow from its own score and scenes. Stated too high, a firm may be counted that should not be. */
export const levelInconsistent: Guard = (world) => {
  const denied = world.participations.flatMap(({ uscc, programme, nominated, enrolment }) =>
    (enrolment.ratings ?? []).flatMap(({ contradiction, raters = [], identity, timeMs }) =>
      contradiction === undefined
        ? []
        : [{ uscc, programme, city: nominated?.city, ...contradiction, raters, event: identity, timeMs }],
    ),
  );
  return [...grouped(denied, ({ programme, uscc }) => `${programme}/${uscc}`)].map(([key, ratings]) =>
    suspicion(
      'LEVEL_INCONSISTENT',
      ratings.some(({ stated, bySheet }) => stated > bySheet) ? 'critical' : 'warning',
      key,
      distinct(ratings.flatMap(({ uscc, city }) => (city === undefined ? [uscc] : [uscc, city]))),
      ratings.map(({ uscc: _, city: _city, timeMs: _timeMs, ...evidence }) => evidence),
      ratings.map(({ event, timeMs }) => ({ key: event, timeMs })),
    ),
  );
};
