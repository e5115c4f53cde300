import WaybillCore

/// One step of an order's life, with the time at which it happens in the import.
struct OlistStep {
    var command: OlistCommand
    var at: Moment
    var note = HistoryNote()

    init(_ command: OlistCommand, at: Moment) {
        self.command = command
        self.at = at
    }
}

extension OlistOrder {
    /// The steps in the order in which they happen.
    func steps(_ mode: HistoryMode) -> [OlistStep] {
        var steps =
            switch mode {
            case .strict: strictSteps
            case .lenient: lenientSteps
            }
        steps[steps.count - 1].note.status = status.final
        if !steps.contains(where: { $0.command == .approve }), !payments.isEmpty {
            steps[0].note.unapprovedCents = paidCents
        }
        return steps
    }

    /// Saturates: an import must not trap on what a file says.
    private var paidCents: Int64 {
        payments.reduce(0) { sum, payment in
            let (next, overflow) = sum.addingReportingOverflow(payment.valueCents)
            return overflow ? .max : next
        }
    }

    /// What the files say, in causal rank. The last step of some orders has no time of its own: it is inferred to be at
    /// the latest time known.
    private var recordedSteps: [OlistStep] {
        var steps = [OlistStep(.place, at: purchased)]
        var latest = purchased
        for (command, time) in [(OlistCommand.approve, approved), (.handOver, handedOver), (.deliver, delivered)] {
            guard let time else { continue }
            steps.append(OlistStep(command, at: time))
            latest = max(latest, time)
        }
        if let command = status.inferredCommand { steps.append(OlistStep(command, at: latest)) }
        return steps
    }

    /// By recorded time, ties in causal rank.
    private var strictSteps: [OlistStep] {
        recordedSteps.enumerated()
            .sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    /// In causal order along the way to the recorded end. Steps that this way needs and that are not recorded are made
    /// up, recorded ones that it does not have are left out; both are said.
    private var lenientSteps: [OlistStep] {
        let recorded = recordedSteps
        var latest = purchased
        var steps: [OlistStep] = []
        for command in wayToTheEnd {
            var step = OlistStep(command, at: latest)
            if let known = recorded.first(where: { $0.command == command }) {
                if known.at < latest { step.note.recorded = known.at }
                latest = max(latest, known.at)
                step.at = latest
            } else {
                step.note.isMissing = true
            }
            steps.append(step)
        }
        let leftOut = recorded.last { known in !steps.contains { $0.command == known.command } }
        if let leftOut {
            steps[steps.count - 1].note.leftOut = HistoryNote.LeftOut(command: leftOut.command.name, at: leftOut.at)
        }
        return steps
    }

    /// The commands that lead to the recorded status. An order may be cancelled at several places: where it was is said
    /// by the steps before it.
    private var wayToTheEnd: [OlistCommand] {
        switch status {
        case .created: [.place]
        case .approved: [.place, .approve]
        case .processing: [.place, .approve, .process]
        case .invoiced: [.place, .approve, .invoice]
        case .unavailable: [.place, .approve, .markUnavailable]
        case .shipped: [.place, .approve, .handOver]
        case .delivered: [.place, .approve, .handOver, .deliver]
        case .canceled where handedOver != nil: [.place, .approve, .handOver, .cancel]
        case .canceled where approved != nil: [.place, .approve, .cancel]
        case .canceled: [.place, .cancel]
        }
    }
}

extension OlistStep {
    /// The command's data as the workflow olist-order declares it.
    func data(of order: OlistOrder) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        switch command {
        case .place:
            writer.key("customer")
            writer.text(order.customer)
            writer.key("estimated_delivery")
            writer.int(order.estimatedDelivery.milliseconds)
            writer.key("items")
            writer.beginArray()
            for item in order.items { writer.item(item) }
            writer.endArray()
        case .approve:
            writer.key("payments")
            writer.beginArray()
            for payment in order.payments { writer.payment(payment) }
            writer.endArray()
        case .handOver, .deliver: break
        case .process, .invoice, .cancel, .markUnavailable:
            writer.key("inferred")
            writer.bool(true)
        }
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func item(_ item: OlistOrder.Item) {
        beginObject()
        key("product")
        text(item.product)
        key("seller")
        text(item.seller)
        key("price_cents")
        int(item.priceCents)
        key("freight_cents")
        int(item.freightCents)
        key("shipping_limit")
        int(item.shippingLimit.milliseconds)
        endObject()
    }

    fileprivate mutating func payment(_ payment: OlistOrder.Payment) {
        beginObject()
        key("type")
        text(payment.type)
        key("installments")
        int(payment.installments)
        key("value_cents")
        int(payment.valueCents)
        endObject()
    }
}
