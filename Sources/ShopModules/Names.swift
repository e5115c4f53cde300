import Waybill

// Short names that these modules give to values of the order book, as any program may.

typealias JSON = OrderBook.JSON
typealias Text = OrderBook.Text
typealias Moment = OrderBook.Moment
