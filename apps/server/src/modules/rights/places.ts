// Institutions with their departments: to choose from in a form, and by name in sentences.
import type { PlaceNames, Places } from '@yunying/api';
import type { Db } from '../../db/index.ts';
import { selectPlaces } from './repo.ts';

export async function getPlaces(db: Db): Promise<Places> {
  const { institutions, departments } = await selectPlaces(db);
  return institutions.map(({ id, name }) => ({
    id,
    name,
    departments: departments
      .filter(({ institution_id }) => institution_id === id)
      .map((department) => ({ id: department.id, name: department.name })),
  }));
}

export async function placeNames(db: Db): Promise<PlaceNames> {
  const { institutions, departments } = await selectPlaces(db);
  return {
    institutions: new Map(institutions.map(({ id, name }) => [id, name])),
    departments: new Map(departments.map(({ id, name }) => [id, name])),
  };
}
