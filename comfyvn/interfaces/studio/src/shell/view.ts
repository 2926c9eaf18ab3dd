import type { ComponentType } from "react";
import type { Moment } from "@/api/queries";
import type { IconName } from "@/components/Icon";

/** What a view is given: the state of the branch that it shows, and what of it the address names. */
export type ViewProps = Moment & {
  /** What stands in the address behind the name of the view: an id, then one of a part. */
  readonly path: readonly string[];
};

/** How the shell knows a view; what it shows is loaded when it is first opened, and stays as it was left. */
export type View = {
  /** Its name in addresses. */
  readonly name: string;
  /** What it is called, in the language of the person. */
  readonly title: () => string;
  readonly icon: IconName;
  readonly load: () => Promise<{ default: ComponentType<ViewProps> }>;
  /** Whether it makes sense without a project. */
  readonly projectless?: boolean;
};
