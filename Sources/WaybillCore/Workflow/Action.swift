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
        case spawn(Spawn)
        case tell(Tell)
        case call(Call)
        /// Takes back the open call of this name.
        case stopCall(Expression)
    }

    /// Makes a child order under another workflow.
    package struct Spawn: Sendable {
        /// Index into ``Workflow/children``.
        package let kind: Int
        /// Its name within this order.
        package let id: Expression
        package let data: [Send.BodyField]

        package init(kind: Int, id: Expression, data: [Send.BodyField]) {
            self.kind = kind
            self.id = id
            self.data = data
        }
    }

    /// Sends a command to the parent or to a child.
    package struct Tell: Sendable {
        /// The child's name; nil: the parent.
        package let child: Expression?
        package let command: EventName
        package let data: [Send.BodyField]

        package init(child: Expression?, command: EventName, data: [Send.BodyField]) {
            self.child = child
            self.command = command
            self.data = data
        }
    }

    /// Asks somebody outside the process to do something.
    package struct Call: Sendable {
        /// Index into ``Workflow/calls``.
        package let definition: Int
        package let name: Expression?
        package let data: [Send.BodyField]
        /// Milliseconds until it expires.
        package let within: Expression

        package init(definition: Int, name: Expression?, data: [Send.BodyField], within: Expression) {
            self.definition = definition
            self.name = name
            self.data = data
            self.within = within
        }
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
            /// Whether it may be NULL; then it is left out.
            package let isOptional: Bool
            package init(name: Text, value: Expression, type: ValueType, isOptional: Bool = false) {
                self.name = name
                self.value = value
                self.type = type
                self.isOptional = isOptional
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
        /// `restock` only: the place where the goods are put, when that is not where they were shipped from.
        package let destination: Expression?
        /// `reserve` only: raised when all lines were reserved, or none could be.
        package let then: EventName?
        package let otherwise: EventName?
        /// `reserve` only: what people read when there is too little.
        package let because: Text?

        package enum Verb: Hashable, Sendable {
            case reserve, confirm, release, ship, restock, scrap
            /// Everything that the order still holds and has not shipped goes back.
            case releaseHeld
        }

        package init(
            verb: Verb, each: Expression?, depth: Int, sku: Expression, location: Expression?, quantity: Expression,
            quota: Expression?, destination: Expression? = nil, then: EventName?, otherwise: EventName?,
            because: Text? = nil
        ) {
            self.verb = verb
            self.each = each
            self.depth = depth
            self.sku = sku
            self.location = location
            self.quantity = quantity
            self.quota = quota
            self.destination = destination
            self.then = then
            self.otherwise = otherwise
            self.because = because
        }
    }
}
