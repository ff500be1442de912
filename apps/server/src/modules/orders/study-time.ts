// When a study was made: DA and TM (PS3.5 §6.2) as wall-clock time of the hospital, China's one zone.
const chinaOffset = '+08:00';

/** Falls back to the time of receipt when the date is absent or not a date. */
export function studyTime(study: {
  studyDate: string | null;
  studyTime: string | null;
  receivedAt: Date;
}): Date {
  const day = /^(\d{4})[.-]?(\d{2})[.-]?(\d{2})$/.exec(study.studyDate?.trim() ?? '');
  if (day === null) return study.receivedAt;
  const clock = /^(\d{2}):?(\d{2})?:?(\d{2})?/.exec(study.studyTime?.trim() ?? '');
  const time = `${clock?.[1] ?? '00'}:${clock?.[2] ?? '00'}:${clock?.[3] ?? '00'}`;
  const at = new Date(`${day[1]}-${day[2]}-${day[3]}T${time}${chinaOffset}`);
  const tooOld = Number(day[1]) < 1900;
  return Number.isNaN(at.getTime()) || tooOld ? receivedOrDay(day, study.receivedAt) : at;
}

function receivedOrDay(day: RegExpExecArray, receivedAt: Date): Date {
  const at = new Date(`${day[1]}-${day[2]}-${day[3]}T00:00:00${chinaOffset}`);
  return Number.isNaN(at.getTime()) || Number(day[1]) < 1900 ? receivedAt : at;
}
