// Waits until every study of our archive has its renditions, and names its instances.
type DicomItem = Record<string, { Value?: unknown[] }>;
type Progress = { mediaState: string; framesReady: number; framesTotal: number };

/** Answers the paths of the instances, study by study. */
export async function waitForMedia(
  origin: string,
  headers: Record<string, string>,
  studies: number,
): Promise<string[]> {
  const json = async <T>(path: string) => (await (await fetch(origin + path, { headers })).json()) as T;
  for (const deadline = Date.now() + 600_000; Date.now() < deadline; ) {
    const searched = await fetch(`${origin}/dicom-web/studies`, { headers });
    const found = searched.status === 204 ? [] : ((await searched.json()) as DicomItem[]); // nothing yet
    const uids = found.map((item) => String(item['0020000D']?.Value?.[0]));
    const manifests = await Promise.all(uids.map((uid) => json<Progress>(`/api/studies/${uid}/manifest`)));
    const counts = manifests.map((one) => `${one.framesReady}/${one.framesTotal}`);
    process.stderr.write(`renditions: ${counts.join('  ')}\n`);
    if (uids.length === studies && manifests.every((one) => one.mediaState === 'ready')) {
      const lists = await Promise.all(
        uids.map((uid) => json<DicomItem[]>(`/dicom-web/studies/${uid}/instances?limit=5000`)),
      );
      return lists.flat().map((item) => {
        const value = (tag: string) => String(item[tag]?.Value?.[0]);
        return `/dicom-web/studies/${value('0020000D')}/series/${value('0020000E')}/instances/${value('00080018')}`;
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error('the renditions were not made in ten minutes');
}
