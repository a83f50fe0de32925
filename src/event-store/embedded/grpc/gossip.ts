import { randomUUID } from 'node:crypto';
import type { sendUnaryData } from '@grpc/grpc-js';
import { ClusterInfo, EndPoint, MemberInfo } from '@eventstore/db-client/generated/gossip_pb';
import { structuredUuid } from './uuid';

/** Where clients should connect to. Under TLS the address must be one that the certificate names. */
export interface Advertised {
  address: string;
  port: number;
}

/** `Gossip.Read`: a cluster of one, which is its leader. Clients with `esdb+discover://` find the node by it. */
export function gossip(advertised: () => Advertised): (call: unknown, reply: sendUnaryData<ClusterInfo>) => void {
  const instance = structuredUuid(randomUUID());
  return (_call, reply) => {
    const { address, port } = advertised();
    const leader = new MemberInfo()
      .setInstanceId(instance)
      .setTimeStamp(String(Date.now() * 10_000))
      .setState(MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new EndPoint().setAddress(address).setPort(port));
    reply(null, new ClusterInfo().setMembersList([leader]));
  };
}
