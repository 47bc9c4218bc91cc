import { t } from '@grafana/i18n';

/** The title of a preset. Titles stand here one by one, so that translations can be gathered from the code. */
export function presetTitle(id: string): string {
  const titles: Record<string, () => string> = {
    throughput: () => t('presets.throughput', 'Delivered, bounced and deferred over time'),
    'deferrals-by-provider': () => t('presets.deferrals-by-provider', 'Deferral rate by provider'),
    'success-by-vmta': () => t('presets.success-by-vmta', 'Success of attempts by VMTA'),
    'vmta-throughput': () => t('presets.vmta-throughput', 'Throughput by VMTA'),
    'latency-by-domain': () => t('presets.latency-by-domain', 'Latency by domain: median, p95, p99'),
    'bounces-by-job': () => t('presets.bounces-by-job', 'Bounce categories by job'),
    'complaints-by-sender': () => t('presets.complaints-by-sender', 'Complaint rate by sender'),
    'blocks-by-ip': () => t('presets.blocks-by-ip', 'Blocks by source IP'),
    backlog: () => t('presets.backlog', 'Messages waiting'),
    'latency-histogram': () => t('presets.latency-histogram', 'How long deliveries took'),
    'risk-by-job': () => t('presets.risk-by-job', 'Jobs by their risk, worst first'),
    causes: () => t('presets.causes', 'Why mail fares worse than before'),
    flow: () => t('presets.flow', 'Flow from sender over VMTA to provider'),
    'failed-events': () => t('presets.failed-events', 'Messages that failed, one by one'),
  };
  return titles[id]?.() ?? id;
}
