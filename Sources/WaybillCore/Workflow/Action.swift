/// What a transition, an entry or an exit does: data, never code. `when:` skips it unless true.
package struct Action: Sendable {
    package let when: Expression?
    package let verb: Verb

    package init(when: Expression?, verb: Verb) {
        self.when = when
        self.verb = verb
    }

    package indirect enum Verb: Sendable {
        case assign([Assignment])
        /// Adds an element to a keyed collection, or replaces the fields given of the one with this key.
        case put(Put)
        case forEach(in: Expression, depth: Int, do: [Action])
        case raise(EventName, data: [Expression])
        case send(Send)
        case stock(StockAction)
        case extend(timeout: Int, by: Expression)
        /// Moves a pending timeout to a time.
        case reschedule(timeout: Int, at: Expression)
        case stop(timeout: Int)
    }

    package struct Assignment: Sendable {
        package let target: Target
        package let value: Expression
        /// How the value meets what is there: `+ x`, `- x`, or plain.
        package let mode: Mode

        package enum Mode: Hashable, Sendable { case replace, add, subtract }

        package init(target: Target, value: Expression, mode: Mode) {
            self.target = target
            self.value = value
            self.mode = mode
        }
    }

    /// A place in the context: a field, or a field of the element with a key.
    package enum Target: Sendable {
        case field(Int)
        case member(collection: Int, key: Expression, field: Int)
    }

    package struct Put: Sendable {
        package let collection: Int
        package let key: Expression
        /// (field slot, value); fields not named keep what they hold, or their initial value in a new element.
        package let fields: [Field]

        package struct Field: Sendable {
            package let slot: Int
            package let value: Expression
            package init(slot: Int, value: Expression) {
                self.slot = slot
                self.value = value
            }
        }

        package init(collection: Int, key: Expression, fields: [Field]) {
            self.collection = collection
            self.key = key
            self.fields = fields
        }
    }

    package struct Send: Sendable {
        package let topic: TopicName
        package let tag: Text?
        /// Nil: the order's id.
        package let key: Expression?
        /// Nil: the order's id.
        package let messageGroup: Expression?
        /// Nil: the CloudEvents body made from the event.
        package let body: [BodyField]?
        /// Milliseconds from now; nil: at once.
        package let delay: Expression?
        package let properties: [BodyField]

        package struct BodyField: Sendable {
            package let name: Text
            package let value: Expression
            package let type: ValueType
            package init(name: Text, value: Expression, type: ValueType) {
                self.name = name
                self.value = value
                self.type = type
            }
        }

        package init(
            topic: TopicName, tag: Text?, key: Expression?, messageGroup: Expression?, body: [BodyField]?,
            delay: Expression?, properties: [BodyField]
        ) {
            self.topic = topic
            self.tag = tag
            self.key = key
            self.messageGroup = messageGroup
            self.body = body
            self.delay = delay
            self.properties = properties
        }
    }

    /// A stock action over one line or each element of a collection.
    package struct StockAction: Sendable {
        package let verb: Verb
        /// The collection whose elements are the lines, bound at `depth`; nil: one line. Ignored for `held`.
        package let each: Expression?
        package let depth: Int
        package let sku: Expression
        package let location: Expression?
        package let quantity: Expression
        /// `reserve` only: a row that does not exist yet is made with this many free (a purchase limit).
        package let quota: Expression?
        /// `reserve` only: raised when all lines were reserved, or none could be.
        package let then: EventName?
        package let otherwise: EventName?

        package enum Verb: Hashable, Sendable {
            case reserve, confirm, release, ship, restock, scrap
            /// Everything that the order still holds and has not shipped goes back.
            case releaseHeld
        }

        package init(
            verb: Verb, each: Expression?, depth: Int, sku: Expression, location: Expression?, quantity: Expression,
            quota: Expression?, then: EventName?, otherwise: EventName?
        ) {
            self.verb = verb
            self.each = each
            self.depth = depth
            self.sku = sku
            self.location = location
            self.quantity = quantity
            self.quota = quota
            self.then = then
            self.otherwise = otherwise
        }
    }
}
