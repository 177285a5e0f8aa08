/** A form made from a JSON Schema. */
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import type { Draft, Fault, Field, Schema } from './field';
import { draftOf, fieldOf, label } from './field';

interface FormFieldsProps {
  readonly schema: Schema;
  readonly draft: Draft;
  readonly faults: readonly Fault[];
  readonly onChange: (draft: Draft) => void;
}

/** The fields of an object stand side by side with nothing around them. */
export function FormFields({ schema, draft, faults, onChange }: FormFieldsProps) {
  const field = fieldOf(schema, 'Value');
  const rest = { root: schema, draft, faults, onChange, pointer: '' };
  return field.kind === 'group' ? <Members field={field} {...rest} /> : <FormField field={field} {...rest} />;
}

interface FieldProps<F extends Field = Field> {
  readonly field: F;
  readonly root: Schema;
  readonly draft: Draft | undefined;
  readonly faults: readonly Fault[];
  readonly pointer: string;
  readonly onChange: (draft: Draft) => void;
}

type Of<K extends Field['kind']> = FieldProps<Extract<Field, { kind: K }>>;

function Members({ field, root, draft, faults, pointer, onChange }: Of<'group'>) {
  const given = typeof draft === 'object' && !Array.isArray(draft) ? (draft as Readonly<Record<string, Draft>>) : {};
  return (
    <>
      {Object.entries(field.members).map(([name, schema]) => (
        <FormField
          key={name}
          field={fieldOf(schema, name, { root, required: field.needs.includes(name) })}
          root={root}
          draft={given[name]}
          faults={faults}
          pointer={`${pointer}/${name}`}
          onChange={(member) => onChange({ ...given, [name]: member })}
        />
      ))}
    </>
  );
}

function FormField(props: FieldProps) {
  const { field, pointer, faults } = props;
  const id = useId();
  const fault = faults.find((one) => one.pointer === pointer)?.detail;
  const told = fault === undefined ? undefined : `${id}-fault`;
  const title = (
    <>
      {field.title}
      {!field.required && <span class="faint"> optional</span>}
    </>
  );
  const notes = (
    <>
      {field.hint !== undefined && <span class="field-hint">{field.hint}</span>}
      {fault !== undefined && (
        <span class="field-fault" id={told} role="alert">
          {fault}
        </span>
      )}
    </>
  );
  const aria = { id, 'aria-invalid': fault === undefined ? undefined : true, 'aria-describedby': told } as const;
  if (field.kind === 'group' || field.kind === 'list' || (field.kind === 'choice' && field.options.length <= 4))
    return (
      <fieldset class="field">
        <legend>{title}</legend>
        {field.kind === 'group' && <Members {...props} field={field} />}
        {field.kind === 'list' && <Items {...props} field={field} />}
        {field.kind === 'choice' && <Choices {...props} field={field} />}
        {notes}
      </fieldset>
    );
  return (
    <div class={`field${field.kind === 'check' ? ' is-check' : ''}`}>
      <Labelled kind={field.kind} id={id} title={title}>
        <Control {...props} aria={aria} />
      </Labelled>
      {notes}
    </div>
  );
}

interface LabelledProps {
  readonly kind: Field['kind'];
  readonly id: string;
  readonly title: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A box to tick stands before its words. */
function Labelled({ kind, id, title, children }: LabelledProps) {
  const words = <label for={id}>{title}</label>;
  return kind === 'check' ? (
    <>
      {children}
      {words}
    </>
  ) : (
    <>
      {words}
      {children}
    </>
  );
}

function Control({ field, draft, onChange, aria }: FieldProps & { readonly aria: object }) {
  const text = typeof draft === 'string' ? draft : '';
  const typed = (event: Event): void => onChange((event.currentTarget as HTMLInputElement).value);
  switch (field.kind) {
    case 'check':
      return (
        <input
          type="checkbox"
          {...aria}
          checked={draft === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'number': {
      const { min, max, whole } = field;
      return (
        <input type="number" {...aria} min={min} max={max} step={whole ? 1 : 'any'} value={text} onInput={typed} />
      );
    }
    case 'text':
      if (field.long) return <textarea {...aria} value={text} onInput={typed} />;
      return field.date ? (
        <input type="date" {...aria} value={text} onInput={typed} />
      ) : (
        <input type="text" {...aria} value={text} onInput={typed} />
      );
    case 'choice':
      return (
        <select {...aria} value={text} onChange={typed}>
          <option value="" />
          {field.options.map((option) => (
            <option key={label(option)} value={label(option)}>
              {label(option)}
            </option>
          ))}
        </select>
      );
    case 'json':
    case 'group':
    case 'list':
      return <textarea {...aria} class="mono" spellcheck={false} value={text} onInput={typed} />;
  }
}

function Choices({ field, draft, onChange, pointer }: Of<'choice'>) {
  const chosen = typeof draft === 'boolean' ? label(draft) : draft;
  return (
    <div class="actions">
      {[...field.options.map(label), ...(field.required ? [] : [''])].map((option) => (
        <label key={option} class="actions">
          <input type="radio" name={pointer} checked={(chosen ?? '') === option} onChange={() => onChange(option)} />
          {option === '' ? <span class="faint">no answer</span> : option}
        </label>
      ))}
    </div>
  );
}

function Items({ field, root, draft, faults, pointer, onChange }: Of<'list'>) {
  const items = Array.isArray(draft) ? (draft as readonly Draft[]) : [];
  return (
    <>
      {items.map((item, index) => (
        <div class="field-item" key={index}>
          <FormField
            field={fieldOf(field.item, `${index + 1}`, { root })}
            root={root}
            draft={item}
            faults={faults}
            pointer={`${pointer}/${index}`}
            onChange={(changed) => onChange(items.with(index, changed))}
          />
          <button
            type="button"
            class="link"
            aria-label={`Remove ${index + 1}`}
            onClick={() => onChange(items.filter((_, at) => at !== index))}
          >
            Remove
          </button>
        </div>
      ))}
      <button type="button" class="link" onClick={() => onChange([...items, draftOf(field.item, root)])}>
        Add one
      </button>
    </>
  );
}
