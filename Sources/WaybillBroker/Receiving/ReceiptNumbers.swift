package import WaybillCore
import WaybillStore

/// What a receipt says when its seal is opened: which delivery of which message it is about, under which cursor epoch.
struct ReceiptNumbers: Hashable {
    static let purpose: UInt8 = 1

    /// The opening of the file in which it was made. Nothing compares it: a receipt stays good across openings.
    var boot: Int64
    var group: GroupNumber
    /// Never used again, so it stands for the topic's epoch too.
    var topic: TopicNumber
    var place: MessagePlace
    var epoch: Int64
    /// 0: of a broadcast group, where there is nothing to acknowledge.
    var attempt: Int64
    var nonce: Int64

    init(_ grant: GrantedLease, _ scan: Scan, _ group: GroupNumber, boot: Int64) {
        self.boot = boot
        self.group = group
        topic = scan.topic.number
        place = grant.place
        epoch = grant.epoch
        attempt = grant.attempt
        nonce = grant.nonce
    }

    func sealed(by seal: Seal) -> DeliveryReceipt {
        DeliveryReceipt(
            seal.seal(
                [
                    boot, group.number, topic.number, place.queue.number, place.offset, epoch, attempt, nonce,
                ], for: Self.purpose))
    }

    /// Opens a receipt; nil: this file's engine did not make it.
    init?(_ receipt: DeliveryReceipt, _ seal: Seal) {
        guard let numbers = seal.unseal(receipt.text, for: Self.purpose), numbers.count == 8 else { return nil }
        boot = numbers[0]
        group = GroupNumber(numbers[1])
        topic = TopicNumber(numbers[2])
        place = MessagePlace(queue: StoredQueueNumber(numbers[3]), offset: numbers[4])
        epoch = numbers[5]
        attempt = numbers[6]
        nonce = numbers[7]
    }
}

extension Receiver {
    /// The group that a receipt is of; nil: this file's engine did not make it, or the group is gone.
    package func group(of receipt: DeliveryReceipt) -> GroupName? {
        ReceiptNumbers(receipt, seal).flatMap { numbers in
            groups.read { state in state.group(numbers.group)?.name }
        }
    }

    /// Whether a delivery of this process is out as it was given, by what memory knows.
    package func isOut(_ receipt: DeliveryReceipt) -> Bool {
        guard let numbers = ReceiptNumbers(receipt, seal) else { return false }
        return groups.read { $0.isOut(numbers) }
    }
}
