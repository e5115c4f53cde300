package import WaybillCore

/// What passes between shoppers and a shop in a process of its own: a line each way, numbers and words.
///
///     12 place 5 1 0        ──►        12 ok | 12 again | 12 no sold_out
///     13 look 0             ──►        13 free 41
package enum ShopLine {
    /// Something that is asked.
    package enum Question: Hashable, Sendable {
        case send(ShopRequest)
        case look(item: Int)
        case restock(item: Int, units: Int64, delivery: Int)
        /// How many messages each module has not finished.
        case owed
        /// The doors opened then.
        case opened(Moment)
    }

    /// What comes back.
    package enum Reply: Hashable, Sendable {
        case answer(ShopAnswer)
        case free(Int64)
        case owed([Int])
        case done
    }

    package static func line(_ number: Int, _ question: Question) -> String {
        switch question {
        case .send(let request):
            switch request.kind {
            case .place: "\(number) place \(request.shopper) \(request.order) \(request.item)\n"
            case .pay(let method): "\(number) pay \(request.shopper) \(request.order) \(request.item) \(method)\n"
            case .cancel: "\(number) cancel \(request.shopper) \(request.order) \(request.item)\n"
            }
        case .look(let item): "\(number) look \(item)\n"
        case .restock(let item, let units, let delivery): "\(number) more \(item) \(units) \(delivery)\n"
        case .owed: "\(number) owed\n"
        case .opened(let moment): "\(number) opened \(moment.milliseconds)\n"
        }
    }

    package static func line(_ number: Int, _ reply: Reply) -> String {
        switch reply {
        case .answer(.accepted(let isRepeat)): "\(number) \(isRepeat ? "again" : "ok")\n"
        case .answer(.refused(let reason)): "\(number) no \(reason.code)\n"
        case .answer(.unanswered): "\(number) lost\n"
        case .free(let units): "\(number) free \(units)\n"
        case .owed(let counts): "\(number) owed\(counts.map { " \($0)" }.joined())\n"
        case .done: "\(number) done\n"
        }
    }

    /// A question, or nil when the line is none.
    package static func question(_ line: some StringProtocol) -> (number: Int, question: Question)? {
        let words = line.split(separator: " ")
        guard words.count >= 2, let number = Int(words[0]) else { return nil }
        let numbers = words.dropFirst(2).map { Int($0) ?? -1 }
        guard numbers.allSatisfy({ $0 >= 0 }) else { return nil }
        func request(_ kind: ShopRequest.Kind) -> (Int, Question) {
            (number, .send(ShopRequest(kind, shopper: numbers[0], order: numbers[1], item: numbers[2])))
        }
        switch (words[1], numbers.count) {
        case ("place", 3): return request(.place)
        case ("cancel", 3): return request(.cancel)
        case ("pay", 4): return request(.pay(method: numbers[3]))
        case ("owed", 0): return (number, .owed)
        case ("opened", 1): return (number, .opened(Moment(milliseconds: Int64(numbers[0]))))
        case ("look", 1): return (number, .look(item: numbers[0]))
        case ("more", 3): return (number, .restock(item: numbers[0], units: Int64(numbers[1]), delivery: numbers[2]))
        default: return nil
        }
    }

    /// A reply, or nil when the line is none.
    package static func reply(_ line: some StringProtocol) -> (number: Int, reply: Reply)? {
        let words = line.split(separator: " ")
        guard words.count >= 2, let number = Int(words[0]) else { return nil }
        switch (words[1], words.count) {
        case ("ok", 2): return (number, .answer(.accepted(isRepeat: false)))
        case ("again", 2): return (number, .answer(.accepted(isRepeat: true)))
        case ("no", 3): return (number, .answer(.refused(.reason(String(words[2])))))
        case ("lost", 2): return (number, .answer(.unanswered))
        case ("owed", _):
            let counts = words.dropFirst(2).compactMap { Int($0) }.filter { $0 >= 0 }
            return counts.count == words.count - 2 ? (number, .owed(counts)) : nil
        case ("free", 3): return Int64(words[2]).map { (number, .free($0)) }
        case ("done", 2): return (number, .done)
        default: return nil
        }
    }
}
