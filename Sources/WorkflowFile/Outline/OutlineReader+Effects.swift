import WaybillCore

/// Actions that reach beyond the order: messages and stock.
///
/// ```yaml
/// - send: {topic: order, tag: paid}              # body: a CloudEvents object made from the event
/// - send: {topic: refunds, key: event.payment, messageGroup: buyer, delay: 1h,
///          body: {payment: event.payment, amount_cents: event.amount_cents}, properties: {channel: event.channel}}
/// - reserve: {each: lines, sku: sku, at: at, qty: qty, then: {raise: revived}, else: {raise: too_late}}
/// - reserve: {sku: "'limit:' || buyer", qty: 1, of: 2}      # a row of 2 is made on first use: a limit
/// - confirm: {each: lines, sku: sku, at: at, qty: qty}      # also release, ship, restock, scrap
///                                                           # `because:` is what people read when there is too little
/// - release: held                                           # all that the order still holds and has not shipped
/// ```
///
/// With `each:` the values stand for every element of a collection, whose fields are bare names. `reserve` takes all
/// lines or none; without `else:` too little stock refuses the whole command.
extension OutlineReader {
    func send(_ node: DocumentNode) -> Outline.Send? {
        let allowed = ["topic", "tag", "key", "messageGroup", "body", "delay", "properties"]
        guard let fields = fields(of: node, "send", allowed: allowed) else { return nil }
        guard let topic = fields["topic"] else {
            log.error(at: node, "a message without a topic", hint: "add `topic: order`")
            return nil
        }
        let limit = WorkflowLimits.actionFieldsMax
        return word(topic, "a topic").map { topic in
            Outline.Send(
                topic: TopicName(topic), tag: fields["tag"].flatMap { word($0, "a tag") },
                key: fields["key"].flatMap { expression($0) },
                messageGroup: fields["messageGroup"].flatMap { expression($0) },
                body: fields["body"].map { entries($0, "a body", countMax: limit, named: word) },
                delay: fields["delay"].flatMap { expression($0) },
                properties: fields["properties"].map { entries($0, "properties", countMax: limit, named: word) } ?? [])
        }
    }

    func stock(_ node: DocumentNode, verb name: String) -> (Outline.Verb, when: DocumentNode?)? {
        let verb: Action.StockAction.Verb
        switch name {
        case "reserve": verb = .reserve
        case "confirm": verb = .confirm
        case "ship": verb = .ship
        case "restock": verb = .restock
        case "scrap": verb = .scrap
        case _ where node.text == "held": return (.releaseHeld, nil)
        default: verb = .release
        }
        var allowed = ["each", "sku", "at", "qty", "when"]
        if verb == .reserve { allowed += ["of", "then", "else", "because"] }
        if verb == .release, let text = node.text {
            log.error(
                at: node, "found '\(text.prefix(40))', expected what is released",
                hint: "`release: held` gives back all that the order still holds; for a part of it write "
                    + "{sku: sku, qty: qty}, with `each:` for each line")
            return nil
        }
        if verb == .restock { allowed.append("to") }
        guard let fields = fields(of: node, name, allowed: allowed),
            let sku = required("sku", in: fields, of: node, name).flatMap({ expression($0) }),
            let quantity = required("qty", in: fields, of: node, name).flatMap({ expression($0) })
        else { return nil }
        let stock = Outline.Stock(
            verb: verb, each: fields["each"].flatMap { expression($0) }, sku: sku,
            location: fields["at"].flatMap { expression($0) }, quantity: quantity,
            quota: fields["of"].flatMap { expression($0) }, destination: fields["to"].flatMap { expression($0) },
            then: fields["then"].flatMap { answer($0, "then") },
            otherwise: fields["else"].flatMap { answer($0, "else") }, because: shortage(in: fields))
        return (.stock(stock), fields["when"].flatMap { expression($0) })
    }

    /// What people read when a reservation is refused.
    private func shortage(in fields: [String: DocumentNode]) -> Text? {
        guard let node = fields["because"] else { return nil }
        if let otherwise = fields["else"], otherwise.text != "refuse" {
            log.error(
                at: node, "`because:` beside `else:`, with which nothing is refused", hint: "remove one of them")
        }
        return because(node)
    }

    /// `{raise: name}`; `else: refuse` is what happens without it.
    private func answer(_ node: DocumentNode, _ key: String) -> EventName? {
        if key == "else", node.text == "refuse" { return nil }
        guard let fields = fields(of: node, "`\(key):`", allowed: ["raise"]),
            let event = required("raise", in: fields, of: node, key)
        else { return nil }
        return word(event, "the name of an event").map { EventName($0) }
    }
}
