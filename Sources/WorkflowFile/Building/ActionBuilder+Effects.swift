import WaybillCore

/// Actions that reach beyond the order.
extension ActionBuilder {
    mutating func send(_ outline: Outline.Send, in scope: NameScope) -> Action.Send {
        let body = outline.body.map { fields($0, in: scope) }
        return Action.Send(
            topic: outline.topic, tag: outline.tag,
            key: outline.key.flatMap { value($0, .text, in: scope) },
            messageGroup: outline.messageGroup.flatMap { value($0, .text, in: scope) }, body: body,
            delay: outline.delay.flatMap { value($0, .number(.duration), in: scope) },
            properties: fields(outline.properties, in: scope))
    }

    mutating func fields(_ entries: [Outline.Entry], in scope: NameScope) -> [Action.Send.BodyField] {
        entries.compactMap { entry in
            guard let checked = expressions.check(entry.value, in: scope) else { return nil }
            count(checked)
            return Action.Send.BodyField(
                name: entry.name, value: checked.expression, type: checked.type, isOptional: checked.isOptional)
        }
    }

    mutating func stock(_ outline: Outline.Stock, in scope: NameScope) -> Action.Verb? {
        var names = scope
        var each: Expression?
        if let node = outline.each {
            guard let checked = expressions.check(node, in: scope, expecting: .list),
                case .list(let element, _, _) = checked.type
            else { return nil }
            count(checked)
            each = checked.expression
            names.element = NameScope.Element(record: element, depth: scope.bound.count)
        }
        guard let sku = value(outline.sku, .text, in: names),
            let quantity = value(outline.quantity, .number(.count), in: names)
        else { return nil }
        if let then = outline.then { raiseAnswer(then, at: outline.sku) }
        if let otherwise = outline.otherwise { raiseAnswer(otherwise, at: outline.sku) }
        return .stock(
            Action.StockAction(
                verb: outline.verb, each: each, depth: scope.bound.count, sku: sku,
                location: outline.location.flatMap { value($0, .text, in: names) }, quantity: quantity,
                quota: outline.quota.flatMap { value($0, .number(.count), in: names) },
                destination: outline.destination.flatMap { value($0, .text, in: names) }, then: outline.then,
                otherwise: outline.otherwise, because: outline.because))
    }
}
