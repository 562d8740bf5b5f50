import { AttackList } from '../../rule/attack';

/** The rule's place in ATT&CK. */
export function Attack({ tags }: { tags: string[] }) {
  if (tags.length === 0) return null;
  return (
    <section className="section">
      <h2>ATT&amp;CK</h2>
      <AttackList tags={tags} opens="alerts" />
    </section>
  );
}
