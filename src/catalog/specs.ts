import type { z } from 'zod';
import { ansibleSpec } from '../actions/ansible/spec.ts';
import { backstageSpec } from '../actions/backstage/spec.ts';
import { helmSpec } from '../actions/helm/spec.ts';
import { kubernetesSpec } from '../actions/kubernetes/spec.ts';
import { terraformSpec } from '../actions/terraform/spec.ts';

/** What each backend takes as its section, with the values in their places: the same schema that it uses itself. */
export const specs: Readonly<Record<string, z.ZodType>> = {
  kubernetes: kubernetesSpec,
  helm: helmSpec,
  terraform: terraformSpec,
  ansible: ansibleSpec,
  backstage: backstageSpec,
};
